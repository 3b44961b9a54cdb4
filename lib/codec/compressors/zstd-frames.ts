const FRAME = 0xfd2fb528;
const SKIPPABLE_FRAME = 0x184d2a50;
/** The most bytes of one decompressed block. */
export const LARGEST_BLOCK = 128 * 1024;

const RAW = 0;
const RUN_LENGTH = 1;
const RESERVED = 3;

/**
 * The most bytes that Zstandard data can decompress to: the sum over their blocks, because the length in a frame's
 * header is optional and may be a lie. Throws a `RangeError` if the data are truncated, or not Zstandard.
 */
export function longestOutput(data: Buffer): number {
  let length = 0;
  for (let at = 0; at < data.length;) {
    const magic = data.readUInt32LE(at);
    if ((magic & ~0xf) >>> 0 === SKIPPABLE_FRAME) {
      at += 8 + data.readUInt32LE(at + 4);
      continue;
    }
    if (magic !== FRAME) throw new RangeError('The data is not a sequence of Zstandard frames');
    const frame = measureFrame(data, at);
    length += frame.length;
    at = frame.end;
  }
  return length;
}

function measureFrame(data: Buffer, start: number): { readonly length: number; readonly end: number } {
  const descriptor = data.readUInt8(start + 4);
  let at = start + 5 + headerBytes(descriptor);
  let length = 0;
  for (let isLast = false; !isLast;) {
    const header = data.readUIntLE(at, 3);
    const size = header >>> 3;
    const type = (header >>> 1) & 3;
    if (type === RESERVED) throw new RangeError('Unknown type of Zstandard block');
    isLast = (header & 1) === 1;
    length += type === RAW || type === RUN_LENGTH ? size : LARGEST_BLOCK;
    at += 3 + (type === RUN_LENGTH ? 1 : size);
  }
  const hasChecksum = (descriptor & 4) !== 0;
  return { length, end: hasChecksum ? at + 4 : at };
}

/** The length of the fields after the descriptor: window, dictionary, and the claimed length of the frame. */
function headerBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  const claimed = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6]!;
  return (isSingleSegment ? 0 : 1) + dictionary + claimed;
}
