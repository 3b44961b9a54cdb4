import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

/** Where to find a browser; the first one counts. "npm run servers" installs Debian's. */
const places = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const program = fileURLToPath(new URL('chromium.sh', import.meta.url));

/**
 * The real browser in which specs see the admin page.
 *
 * @throws Error with installation instructions
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath = places.find((place) => place !== undefined && existsSync(place));
  if (executablePath === undefined) {
    throw new Error(
      'These specs need Chromium: "npm run servers" installs it on Debian as root (apt-get install chromium); elsewhere ' +
        'install Chromium or Chrome, and name its binary in CHROMIUM where it is not found',
    );
  }
  // As root in a container, Chromium has no sandbox.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: program, args, env: { ...process.env, BROWSER: executablePath } });
}
