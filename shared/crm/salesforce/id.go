package salesforce

// checkLetters encode which letters of a group of five are upper case, five bits a group ("ID Field Type", Object Reference).
const checkLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

// longID is an id's form of 18 characters, by which records and orgs are known. The form of 15 counts on the case of its
// letters; the longer one adds three that say the same. It reports false for what is no id.
func longID(id string) (string, bool) {
	if len(id) != 15 && len(id) != 18 {
		return "", false
	}
	for _, c := range []byte(id) {
		if !isDigit(c) && !isUpper(c) && (c < 'a' || 'z' < c) {
			return "", false
		}
	}
	if len(id) == 18 {
		return id, true
	}
	return id + check(id), true
}

// check gives the last three characters of an id's long form.
func check(id string) string {
	var letters [3]byte
	for group := range letters {
		bits := 0
		for i, c := range []byte(id[group*5 : group*5+5]) {
			if isUpper(c) {
				bits |= 1 << i
			}
		}
		letters[group] = checkLetters[bits]
	}
	return string(letters[:])
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
