package config

import (
	_ "embed"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"time"
)

// Setting is one row of the page that explains the configuration.
type Setting struct {
	Key      string // in the YAML file, with the keys above it: "limits.deadline", "sources[].name"
	Variable string // in the environment; empty where only the file has it
	Default  string // empty where there is none
	Form     string // what a value looks like: "time, such as 1500ms or 4s"
	Text     string // what it is for

	owner, field string // of the Go struct, which carry the text
}

//go:embed settings.go
var source string

// Settings explains every setting, in the order of the file.
func Settings() []Setting {
	texts := comments()
	all := fields(reflect.TypeFor[Config](), "", prefix)
	for i := range all {
		all[i].Text = texts[all[i].owner+"."+all[i].field]
	}
	return all
}

// fields walks the struct's fields; structs below it have their own keys and prefixes.
func fields(t reflect.Type, key, variable string) []Setting {
	var all []Setting
	for field := range t.Fields() {
		name := key + field.Tag.Get("yaml")
		switch {
		case field.Type.Kind() == reflect.Struct:
			all = append(all, fields(field.Type, name+".", variable+field.Tag.Get("envPrefix"))...)
		case field.Type.Kind() == reflect.Slice && field.Type.Elem().Kind() == reflect.Struct:
			all = append(all, fields(field.Type.Elem(), name+"[].", variable)...)
		default:
			s := Setting{
				Key: name, Default: field.Tag.Get("envDefault"), Form: form(field.Type), owner: t.Name(), field: field.Name,
			}
			if v := field.Tag.Get("env") + field.Tag.Get("variable"); v != "" {
				s.Variable = variable + v
			}
			all = append(all, s)
		}
	}
	return all
}

func form(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return "time, such as 1500ms or 4s"
	case reflect.TypeFor[Bytes]():
		return "size, such as 512KiB or 6MiB"
	case reflect.TypeFor[Secret]():
		return "secret text"
	case reflect.TypeFor[[]Secret]():
		return "list of secret texts"
	}
	switch t.Kind() {
	case reflect.Int:
		return "number"
	case reflect.Slice:
		return "list; in the environment with commas"
	case reflect.Map:
		return "names and texts"
	}
	return "text"
}

// comments reads the comments of this package's structs: "Config.Quorum" and what is said above it.
func comments() map[string]string {
	texts := map[string]string{}
	file, err := parser.ParseFile(token.NewFileSet(), "settings.go", source, parser.ParseComments)
	if err != nil {
		panic(err) // the compiler has read the same file
	}
	ast.Inspect(file, func(n ast.Node) bool {
		declared, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		body, ok := declared.Type.(*ast.StructType)
		if !ok {
			return false
		}
		for _, field := range body.Fields.List {
			for _, name := range field.Names {
				texts[declared.Name.Name+"."+name.Name] = strings.Join(strings.Fields(field.Doc.Text()), " ")
			}
		}
		return false
	})
	return texts
}
