package main

import (
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/report"
)

func cookieCommand() *cli.Command {
	return &cli.Command{
		Name:      "cookie",
		Aliases:   []string{"explain-cookie"},
		Usage:     "say what the cookie of a session tells: persistence, members, defects",
		ArgsUsage: "VALUE|NAME=VALUE|HEADER|-",
		Description: `Takes a session's cookie apart: cache ID, session ID, and the members whose clone IDs it carries,
looked up in the file of -c, or in ./plugin-cfg.xml if it is there. HEADER is a whole Cookie: or Set-Cookie: header;
the attributes of the latter are held against what servers set. - is standard input.

   wasplug cookie 0002A2MB8IJ7EJaFGbXpzRSRb7c:v544d031:v544d0o0
   wasplug cookie -c plugin-cfg.xml 'Set-Cookie: JSESSIONID=0000A2MB8IJ7EJaFGbXpzRSRb7c:m1; Path=/; Secure'
   wasplug cookie --url http://shop.example.com/shop/cart 'Cookie: a=b; JSESSIONID=0001A2MB8IJ7EJaFGbXpzRSRb7c:m1'

Exit codes: 0 every clone ID is known (or there is no file to look it up in) and nothing is wrong; 1 one is unknown, or
a defect; 2 wrong usage; 3 the file cannot be read, or the plug-in would reject it.`,
		Flags: slices.Concat(configFlags(), []cli.Flag{
			&cli.StringFlag{Name: "url", Usage: "`URL` to which the cookie is sent: its cluster is looked at first"},
			formatFlag("", report.Cookie, ""),
		}),
		Action: cookieAction,
	}
}

// cookieAction reads one cookie. Without a file it says what the value alone says: it looks for ./plugin-cfg.xml, and
// does not miss it.
func cookieAction(c *cli.Context) error {
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	if c.NArg() != 1 {
		return usageError("cookie takes one value, NAME=VALUE, or one header; got %d arguments", c.NArg())
	}
	request := answers.Cookie{Config: configOf(c), Text: c.Args().First(), URL: c.String("url")}
	if request.Config.Path == "" && isFile(ownConfig) {
		sayOwnConfig(c)
		request.Config.Path = ownConfig
	}
	answer, err := request.Run(inputOf(c))
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	if err := report.Cookie.Write(c.App.Writer, format, answer); err != nil {
		return failure(err)
	}
	if !answer.Fine() {
		return findings()
	}
	return nil
}
