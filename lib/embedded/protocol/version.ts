/** What the engine says that it is: the newest Redis whose commands it has. Those of 7.0 answer as they did there. */
export const redisVersion = '8.6.0';

/** A byte for each part, as scripts compare it. */
export const redisVersionNumber = redisVersion.split('.').reduce((number, part) => number * 256 + Number(part), 0);
