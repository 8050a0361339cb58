package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/tenant"
)

const userUsage = usageError("pendapa user list | add NAME EMAIL ROLE [AGENCY-CODE] | reset EMAIL")

// cmdUser lists accounts, invites somebody, or makes a new sign-in link, for the day when nobody can sign in.
func cmdUser(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	o := newOptions("user", stderr)
	words, err := o.parse(args)
	if err != nil || len(words) == 0 {
		fmt.Fprintln(stderr, userUsage)
		return 2
	}
	return within(ctx, "user", o, stderr, func(a *app.App) error {
		b, err := a.Access.Brand(ctx, 0)
		if err != nil || b.Regency == 0 {
			return fmt.Errorf("there is no regency yet; set one up first")
		}
		ctx := tenant.With(ctx, tenant.SystemOf(b.Regency, "cli"))
		switch {
		case words[0] == "list" && len(words) == 1:
			return listUsers(ctx, a, stdout)
		case words[0] == "add" && (len(words) == 4 || len(words) == 5):
			return addUser(ctx, a, words[1:], stdout)
		case words[0] == "reset" && len(words) == 2:
			return resetUser(ctx, a, words[1], stdout)
		}
		return userUsage
	})
}

func listUsers(ctx context.Context, a *app.App, stdout io.Writer) error {
	all, err := a.Access.Users(ctx, "", "", "")
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(stdout, 0, 4, 2, ' ', 0)
	for _, u := range all {
		state := "active"
		if !u.Active {
			state = "inactive"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", u.Email, u.Name, strings.Join(u.Roles, ","), state)
	}
	return t.Flush()
}

func addUser(ctx context.Context, a *app.App, words []string, stdout io.Writer) error {
	if !slices.Contains(tenant.Roles(), words[2]) {
		return fmt.Errorf("there is no role %q; roles are %s", words[2], strings.Join(tenant.Roles(), ", "))
	}
	agency := ""
	if len(words) == 4 {
		all, err := a.Agencies.List(ctx, false)
		if err != nil {
			return err
		}
		for _, one := range all {
			if one.Code == words[3] {
				agency = one.ID
			}
		}
		if agency == "" {
			return fmt.Errorf("there is no agency with the code %s", words[3])
		}
	}
	_, link, err := a.Access.Invite(ctx, access.User{Name: words[0], Email: words[1], Agency: agency}, words[2], agency)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "invited; hand over this link, it works once:\n  %s\n", link)
	return err
}

func resetUser(ctx context.Context, a *app.App, email string, stdout io.Writer) error {
	all, err := a.Access.Users(ctx, "", "", "")
	if err != nil {
		return err
	}
	for _, u := range all {
		if strings.EqualFold(u.Email, email) {
			link, err := a.Access.ResetLink(ctx, u.ID)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(stdout, "hand over this link, it works once:\n  %s\n", link)
			return err
		}
	}
	return fmt.Errorf("nobody has the address %s", email)
}
