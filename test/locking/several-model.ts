import { Requests, type State, type Step } from './scripts-model.js';

/** One of several locks, without a clock. */
class Place {
  owner: string | undefined;
  line: string[] = [];
  readonly seen = new Set<string>();
  readonly gone = new Set<string>();

  leave(token: string): void {
    this.line = this.line.filter((other) => other !== token);
    this.seen.delete(token);
    this.gone.delete(token);
  }

  join(token: string): void {
    if (!this.line.includes(token)) this.line.push(token);
    this.seen.add(token);
    this.gone.delete(token);
  }

  get first(): string | undefined {
    if (this.line.length > 0) for (const token of [...this.gone]) this.leave(token);
    while (this.line.length > 0 && !this.seen.has(this.line[0]!)) this.line.shift();
    return this.line[0];
  }
}

/** The locks that a token is for: `xy:1:1` is for x and y. */
export const namesOf = (token: string): string[] => Array.from(token.split(':')[0]!);

/** The expected behaviour of the scripts with several locks at a time. */
export class SeveralModel {
  private readonly places = new Map<string, Place>();
  private readonly requests = new Map<string, Requests>();

  constructor(names: readonly string[]) {
    for (const name of names) this.places.set(name, new Place());
  }

  apply(step: Step): State {
    const outcome = this[step.what](step);
    const all = [...this.places];
    return {
      outcome,
      claims: all.flatMap(([name, { owner }]) => (owner === undefined ? [] : [`${name} ${owner}`])),
      line: all.flatMap(([name, { line }]) => line.map((token) => `${name} ${token}`)),
    };
  }

  private hold(step: Step): boolean {
    this.of(step.token).hold(step);
    return false;
  }

  private arrive({ token }: Step): boolean {
    const arrived = this.of(token).arrive();
    return arrived ? this.take(arrived) : false;
  }

  private acquire(step: Step): boolean {
    this.of(step.token).pass();
    return this.take(step);
  }

  private take({ token, join }: Step): boolean {
    const wanted = this.wanted(token);
    const free = wanted.filter((place) => {
      const { first, owner } = place;
      return owner === token || (owner === undefined && (first === undefined || first === token));
    });
    if (free.length === wanted.length) {
      for (const place of wanted) {
        place.owner = token;
        place.leave(token);
      }
      return true;
    }
    if (!join) return false;
    const hasPlaces = wanted.every(({ line }) => line.includes(token));
    for (const place of wanted) {
      if (!hasPlaces) place.leave(token);
      place.join(token);
    }
    return false;
  }

  private release({ token }: Step): boolean {
    this.of(token).pass();
    const wanted = this.wanted(token);
    const isOwned = wanted.every(({ owner }) => owner === token);
    for (const place of wanted) {
      if (place.owner === token) place.owner = undefined;
      place.leave(token);
      void place.first;
    }
    return isOwned;
  }

  private extend({ token }: Step): boolean {
    this.of(token).pass();
    return this.wanted(token).every(({ owner }) => owner === token);
  }

  private expire({ name }: Step): boolean {
    const place = this.places.get(name)!;
    const was = place.owner !== undefined;
    place.owner = undefined;
    return was;
  }

  private vanish({ token, name }: Step): boolean {
    const { seen, gone } = this.places.get(name)!;
    if (seen.has(token)) gone.add(token);
    return false;
  }

  private lose({ name, key }: Step): boolean {
    const place = this.places.get(name)!;
    if (key === 'line') place.line = [];
    if (key !== 'seen') return false;
    place.seen.clear();
    place.gone.clear();
    return false;
  }

  private wanted(token: string): Place[] {
    return namesOf(token).map((name) => this.places.get(name)!);
  }

  private of(token: string): Requests {
    if (!this.requests.has(token)) this.requests.set(token, new Requests());
    return this.requests.get(token)!;
  }
}
