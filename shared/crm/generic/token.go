package generic

import (
	"outlast.example/shared/crm"
	"outlast.example/shared/crm/token"
)

func openToken(s crm.Settings, source *crm.Source) error {
	err := refuse(s, "token_in", "algorithm", "encoding", "secret_encoding", "timestamp_header", "timestamp_separator")
	if err != nil {
		return err
	}
	v, err := token.Open(s)
	if err != nil {
		return err
	}
	v.Guard(source)
	return nil
}
