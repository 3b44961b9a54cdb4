// Makes `require` load the driver from another folder.
import Module from 'node:module';

/* oxlint-disable no-underscore-dangle -- Node.js before 22.15 has no public hook for `require` */
const { _resolveFilename: resolve } = Module;
Module._resolveFilename = function (request, ...more) {
  return request === 'ioredis' ? process.env.FUTURE_DRIVER : resolve.call(this, request, ...more);
};
