package sugarcrm

import "strings"

// beans are the PHP classes of Sugar's own modules, by module in lower case. Events name records by class, and the other
// end of a link by module. Modules of Module Builder are called as their class is.
var beans = map[string]string{
	"accounts": "Account", "bugs": "Bug", "calls": "Call", "campaigns": "Campaign", "cases": "aCase", "contacts": "Contact",
	"contracts": "Contract", "documents": "Document", "emails": "Email", "kbcontents": "KBContent", "leads": "Lead",
	"meetings": "Meeting", "notes": "Note", "opportunities": "Opportunity", "products": "Product",
	"producttemplates": "ProductTemplate", "project": "Project", "projecttask": "ProjectTask", "prospectlists": "ProspectList",
	"prospects": "Prospect", "quotes": "Quote", "revenuelineitems": "RevenueLineItem", "tags": "Tag", "tasks": "Task",
	"teams": "Team", "users": "User",
}

func beanOf(module string) string {
	if bean, own := beans[strings.ToLower(module)]; own {
		return bean
	}
	return module
}
