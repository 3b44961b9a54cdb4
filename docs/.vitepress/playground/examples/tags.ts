// A tag invalidates all that depends on a user, wherever it is cached.
const a = await start('A');
const b = await start('B');

await a.set('user:1', { name: 'Ada' }, { tags: ['user:1'] });
await a.set('page:home', 'Hello, Ada', { timeout: '1h', tags: ['user:1', 'products'] });
await a.set('page:about', 'About us', '1h');

log('before:', await b.getMany(['user:1', 'page:home', 'page:about']));
await b.invalidateTags(['user:1']);
log('after:', await a.getMany(['user:1', 'page:home', 'page:about']));
