/** Takes units of products, unless a later holder of the lock has written already. */
export const takeSource = `
-- KEYS     the stock, units by product id; the fencing token of who wrote last
-- ARGV     the caller's fencing token, then product id and units, product id and units, …
-- RETURNS  1 where the units were taken, 0 where the token is an old one
if tonumber(ARGV[1]) < tonumber(redis.call('GET', KEYS[2]) or 0) then
  return 0
end
redis.call('SET', KEYS[2], ARGV[1])
for i = 2, #ARGV, 2 do
  redis.call('HINCRBY', KEYS[1], ARGV[i], -ARGV[i + 1])
end
return 1
`;
