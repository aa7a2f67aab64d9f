// The first thing in a page's body, before anything is drawn: says that scripts run, as GOV.UK's components want to know.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
