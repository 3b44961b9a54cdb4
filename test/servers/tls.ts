import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GuardedFolder } from './guarded-folder.js';

const run = promisify(execFile);

/** A certificate and its key: as PEM text, and as files. */
export interface Certificate {
  cert: string;
  key: string;
  certFile: string;
  keyFile: string;
}

export interface Certificates extends AsyncDisposable {
  /** The private authority that signed `server` and `client`. */
  ca: Certificate;
  /** For 127.0.0.1 and localhost. */
  server: Certificate;
  client: Certificate;
  /** An authority that has signed none of them. */
  wrongCa: Certificate;
  /** Removes the files. */
  stop(): Promise<void>;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

async function certificate(
  folder: string,
  name: string,
  make: (certFile: string, keyFile: string) => Promise<unknown>,
): Promise<Certificate> {
  const certFile = join(folder, `${name}.crt`);
  const keyFile = join(folder, `${name}.key`);
  await make(certFile, keyFile);
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return { cert, key, certFile, keyFile };
}

function authority(folder: string, name: string): Promise<Certificate> {
  return certificate(folder, name, (certFile, keyFile) =>
    run('openssl', ['req', '-x509', ...newKey, '-keyout', keyFile, '-out', certFile, '-subj', `/CN=${name}`]),
  );
}

function signed(folder: string, name: string, ca: Certificate): Promise<Certificate> {
  return certificate(folder, name, async (certFile, keyFile) => {
    const request = join(folder, `${name}.csr`);
    const extensions = join(folder, `${name}.ext`);
    await run('openssl', ['req', ...newKey, '-keyout', keyFile, '-out', request, '-subj', `/CN=${name}`]);
    await writeFile(extensions, 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
    await run('openssl', [
      ...['x509', '-req', '-in', request, '-out', certFile, '-extfile', extensions],
      ...['-CA', ca.certFile, '-CAkey', ca.keyFile, '-set_serial', '1'],
    ]);
  });
}

/**
 * Creates certificates with openssl, once for a test file: about 0.1 s.
 *
 * @example
 * const certificates = await createCertificates();
 * const server = await startServer({ engine: 'redis', tls: certificates });
 * new Redis(server.url, { tls: { ca: certificates.ca.cert } });
 */
export async function createCertificates(): Promise<Certificates> {
  const folder = await GuardedFolder.create('cachex-tls-');
  const { path } = folder;
  const stop = () => folder.remove();
  try {
    const [ca, wrongCa] = await Promise.all([authority(path, 'cachex-ca'), authority(path, 'wrong-ca')]);
    const [server, client] = await Promise.all([signed(path, 'server', ca), signed(path, 'client', ca)]);
    return { ca, server, client, wrongCa, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
