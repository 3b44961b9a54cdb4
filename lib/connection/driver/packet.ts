/** Usually holds all commands of a tick. */
const initialLength = 16 * 1024;
const bytesPerUnit = 3;

/** Commands on their way to a connection: text as long as possible, bytes after the first command that is not. */
export class Packet {
  private text = '';
  private bytes: Buffer | undefined;
  private end = 0;

  get length(): number {
    return this.end + this.text.length;
  }

  addText(text: string): void {
    this.text += text;
  }

  addBytes(bytes: Buffer): void {
    const target = this.settleText(bytes.length);
    this.end += bytes.copy(target, this.end);
  }

  /**
   * Returns the content and empties the packet. Later additions overwrite the bytes, unless {@link forget} is called.
   */
  take(): string | Buffer {
    const { text } = this;
    if (this.end === 0) {
      this.text = '';
      return text;
    }
    const taken = this.settleText(0).subarray(0, this.end);
    this.end = 0;
    return taken;
  }

  /** Leaves the bytes to their new owner. */
  forget(): void {
    this.bytes = undefined;
    this.end = 0;
    this.text = '';
  }

  private settleText(more: number): Buffer {
    const needed = this.end + this.text.length * bytesPerUnit + more;
    let { bytes } = this;
    if (!bytes || bytes.length < needed) {
      const larger = Buffer.allocUnsafeSlow(Math.max(initialLength, needed, 2 * (bytes?.length ?? 0)));
      bytes?.copy(larger, 0, 0, this.end);
      this.bytes = bytes = larger;
    }
    this.end += bytes.write(this.text, this.end);
    this.text = '';
    return bytes;
  }
}
