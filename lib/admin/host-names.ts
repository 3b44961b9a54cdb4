/** This machine, by whatever name. No other site can have it. */
const loopback = /^(localhost|[\w-]+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Whether the page answers to the name that a request gives to its server. A site may let its own name point to this
 * machine (DNS rebinding), and is then of the same origin: the name is all that tells.
 */
export function isServed(host: string | undefined, hosts: readonly string[] | undefined): boolean {
  const url = `http://${host ?? ''}`;
  const name = host !== undefined && URL.canParse(url) ? new URL(url).hostname : '';
  return hosts ? hosts.some((served) => served.toLowerCase() === name) : loopback.test(name);
}
