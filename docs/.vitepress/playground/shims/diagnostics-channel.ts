type Listener = (message: unknown, name: string) => void;

class Channel {
  private readonly listeners = new Set<Listener>();

  constructor(private readonly name: string) {}

  get hasSubscribers(): boolean {
    return this.listeners.size > 0;
  }

  subscribe(listener: Listener): void {
    this.listeners.add(listener);
  }

  unsubscribe(listener: Listener): boolean {
    return this.listeners.delete(listener);
  }

  publish(message: unknown): void {
    for (const listener of this.listeners) listener(message, this.name);
  }

  runStores<R>(message: unknown, run: () => R): R {
    this.publish(message);
    return run();
  }
}

const channels = new Map<string, Channel>();

export function channel(name: string): Channel {
  const known = channels.get(name) ?? new Channel(name);
  channels.set(name, known);
  return known;
}

export function tracingChannel(name: string) {
  const [start, end, asyncStart, asyncEnd, error] = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((event) =>
    channel(`tracing:${name}:${event}`),
  );
  const all = { start: start!, end: end!, asyncStart: asyncStart!, asyncEnd: asyncEnd!, error: error! };
  return {
    ...all,
    get hasSubscribers(): boolean {
      return Object.values(all).some(({ hasSubscribers }) => hasSubscribers);
    },
  };
}
