// The page does not know its own path; its modules are below it.
void import(`${location.pathname.replace(/\/+$/, '')}/page/main.js`);
