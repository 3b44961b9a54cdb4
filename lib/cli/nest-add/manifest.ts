interface Manifest {
  name?: unknown;
  type?: unknown;
  dependencies?: Record<string, string>;
}

/** What the written files and the library need, by the major version of NestJS. */
const needed = (major: string | undefined): Record<string, string> => ({
  '@nestjs/config': major === '11' ? '^4.0.0' : '^12.0.0',
  '@nestjs/terminus': major === '11' ? '^11.0.0' : '^12.0.0',
  ioredis: '^5.5.0 || ^6.0.0',
});

/** Adds the dependencies of nest-cachex to a `package.json`, in alphabetical order; the rest stays. */
export function withDependencies(text: string): { text: string; name: string; isModule: boolean } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- npm reads it as such
  const manifest = JSON.parse(text) as Manifest;
  const major = /\d+/.exec(manifest.dependencies?.['@nestjs/core'] ?? '')?.[0];
  const dependencies = { ...needed(major), ...manifest.dependencies };
  const sorted = Object.fromEntries(Object.entries(dependencies).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const isComplete = Object.keys(manifest.dependencies ?? {}).length === Object.keys(sorted).length;
  return {
    text: isComplete ? text : `${JSON.stringify({ ...manifest, dependencies: sorted }, undefined, 2)}\n`,
    name: typeof manifest.name === 'string' ? manifest.name.replace(/^@[^/]*\//, '') : 'app',
    isModule: manifest.type === 'module',
  };
}
