/** The product and version of a server. @publicApi */
export interface ServerVersion {
  /** Which of the two it is. */
  readonly product: 'Redis' | 'Valkey';
  /** `8.6.3` */
  readonly version: string;
}

/** The first version that has a command; left out for a product that has it in no version. @publicApi */
export interface Since {
  readonly redis?: string;
  readonly valkey?: string;
}

export function has({ product, version }: ServerVersion, { redis, valkey }: Since): boolean {
  const first = product === 'Redis' ? redis : valkey;
  return first !== undefined && compare(version, first) >= 0;
}

/** `Redis 8.4`, `Redis 7.4 or Valkey 9.0`. */
export function inWords({ redis, valkey }: Since): string {
  return [redis && `Redis ${redis}`, valkey && `Valkey ${valkey}`].filter(Boolean).join(' or ');
}

function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split('.').map((part) => Number.parseInt(part, 10) || 0));
  return a!.reduce((difference, part, index) => difference || part - (b![index] ?? 0), 0);
}
