package output

import "strings"

// viewName is source.type, spelled as the files of the other formats are. A source's name has no dot, so the first one
// parts the two. SQLite keeps names in "sqlite_" to itself.
func viewName(used names, k kind) string {
	name := strings.Replace(used.safe(k.source+"."+k.typ), "%2E", ".", 1)
	if strings.HasPrefix(name, "sqlite_") {
		return "%73" + name[1:]
	}
	return name
}

// jsonPath leads to a field of any name: a label in a path is quoted as a JSON string is.
func jsonPath(name string) string {
	var b strings.Builder
	_ = writeLine(&b, name) // a string and a Builder cannot fail
	return "$." + strings.TrimSuffix(b.String(), "\n")
}

// identifier quotes a name for SQL, which has no spelling for the zero byte.
func identifier(name string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(name, `"`, `""`), "\x00", "%00") + `"`
}

// literal quotes a text for SQL.
func literal(text string) string {
	quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
	return "(" + strings.ReplaceAll(quoted, "\x00", "' || char(0) || '") + ")"
}
