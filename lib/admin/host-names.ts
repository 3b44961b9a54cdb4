/** Names of the local machine. No other site can own one. */
const loopback = /^(localhost|[\w-]+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Whether the page answers under the host name of a request. With DNS rebinding, another site points its own name to
 * this machine. Its requests count as same-origin, so only the host name reveals them.
 */
export function isServed(host: string | undefined, hosts: readonly string[] | undefined): boolean {
  const url = `http://${host ?? ''}`;
  const name = host !== undefined && URL.canParse(url) ? new URL(url).hostname : '';
  return hosts ? hosts.some((served) => served.toLowerCase() === name) : loopback.test(name);
}
