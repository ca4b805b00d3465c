package evidence

import (
	"strings"

	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// settledFile is a file of settled choices, each CHOICE=VALUE, with what is still open in a comment.
func settledFile(comment string, settled, open []string) []byte {
	root := &yamldoc.Node{Kind: yamldoc.Map}
	root.Put("version", yamldoc.NewPlain("1"))
	root.Fields[0].Value.Comment = comment
	assume := &yamldoc.Node{Kind: yamldoc.Map}
	for _, s := range settled {
		name, value, _ := strings.Cut(s, "=")
		assume.Put(name, yamldoc.NewText(value))
	}
	if len(open) > 0 {
		assume.Comment = "still open:\n" + strings.Join(open, "\n")
	}
	return yamldoc.Print(root.Put("assume", assume))
}
