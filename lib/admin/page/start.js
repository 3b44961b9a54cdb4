// The page does not know where it was put; its modules are below it.
void import(`${location.pathname.replace(/\/+$/, '')}/page/main.js`);
