const absent = (): never => {
  throw new Error('Compressors are part of Node.js, and not of the playground');
};

export { absent as brotliCompress, absent as brotliCompressSync };
export { absent as brotliDecompress, absent as brotliDecompressSync };
export { absent as deflate, absent as deflateSync, absent as inflate, absent as inflateSync };
export { absent as gzip, absent as gzipSync, absent as gunzip, absent as gunzipSync };
export const constants = {};
export default { constants };
