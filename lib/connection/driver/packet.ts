/** Usually holds all commands of a tick. */
const initialLength = 16 * 1024;
const bytesPerUnit = 3;

/** Commands on their way to a connection: text as long as possible, bytes after the first command that is not. */
export class Packet {
  private text = '';
  /** Whether the text is known to be ASCII, which is written in half of the time. */
  private isAscii = true;
  private bytes: Buffer | undefined;
  private end = 0;

  get length(): number {
    return this.end + this.text.length;
  }

  /** How its text is to be written. */
  get encoding(): 'latin1' | 'utf8' {
    return this.isAscii ? 'latin1' : 'utf8';
  }

  addText(text: string, isAscii = false): void {
    this.text += text;
    if (!isAscii) this.isAscii = false;
  }

  addBytes(bytes: Buffer): void {
    const target = this.settleText(bytes.length);
    this.end += bytes.copy(target, this.end);
  }

  /**
   * Returns the content, text in its {@link encoding}, and empties the packet. Later additions overwrite the bytes, unless {@link forget} is called.
   */
  take(): string | Buffer {
    const { text } = this;
    if (this.end === 0) {
      this.text = '';
      this.isAscii = true;
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
    this.isAscii = true;
  }

  private settleText(more: number): Buffer {
    const needed = this.end + this.text.length * (this.isAscii ? 1 : bytesPerUnit) + more;
    let { bytes } = this;
    if (!bytes || bytes.length < needed) {
      const larger = Buffer.allocUnsafeSlow(Math.max(initialLength, needed, 2 * (bytes?.length ?? 0)));
      bytes?.copy(larger, 0, 0, this.end);
      this.bytes = bytes = larger;
    }
    this.end += bytes.write(this.text, this.end, this.encoding);
    this.text = '';
    this.isAscii = true;
    return bytes;
  }
}
