import type { ChannelListener, ChannelSubscription, WireArgument } from '../../wire/connection-pool.js';
import { hashSlot } from '../../wire/hash-slot.js';
import { isRefusal } from '../driver/redirection.js';
import type { SharedSubscription } from './shared-subscription.js';

/** A sharded channel, and the node that it is listened to on. */
export class ShardChannel implements ChannelListener {
  readonly slot: number;
  #address: string | undefined;
  #subscription: ChannelSubscription | undefined;
  #isListening = false;
  #isRefused = false;

  constructor(
    private readonly name: WireArgument,
    private readonly listener: ChannelListener,
    /** Called when the slot may be on another node. */
    private readonly doubt: () => void,
  ) {
    this.slot = hashSlot(name);
  }

  get isListening(): boolean {
    return this.#isListening;
  }

  /** Whether that address listens to it, or may come to. */
  isAt(address: string): boolean {
    return this.#address === address && !this.#isRefused;
  }

  moveTo(address: string, node: SharedSubscription): void {
    this.onSilence();
    void this.#subscription?.close();
    this.#address = address;
    this.#isRefused = false;
    this.#subscription = node.subscribe(this.name, this, 'shard');
  }

  async close(): Promise<void> {
    await this.#subscription?.close();
  }

  onMessage(message: Buffer, channel?: Buffer): void {
    this.listener.onMessage(message, channel);
  }

  onListening(): void {
    this.#isListening = true;
    this.listener.onListening();
  }

  onSilence(): void {
    if (!this.#isListening) return;
    this.#isListening = false;
    this.listener.onSilence();
    this.doubt();
  }

  onRefusal(error: Error): void {
    if (!isRefusal(error)) return this.listener.onRefusal?.(error);
    this.#isRefused = true;
    this.doubt();
  }
}
