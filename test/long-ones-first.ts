import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Small files that take long. Vitest begins with large files, and one of these would run alone at the end. */
const longOnes = [
  'caching/deletes-processes',
  'caching/many-processes',
  'compat/in-short',
  'connection/cluster-failover',
  'connection/future-drivers',
  'docs/site',
  'keyv/suite',
  'package/lint',
  'rate-limiting/processes',
  'scheduling/once-per-fleet',
  'streams/processes',
  'tracking/torture',
].map((name) => `/test/${name}.spec.ts`);

const isLong = ({ moduleId }: TestSpecification): boolean => longOnes.some((name) => moduleId.endsWith(name));

/** Long files first, project by project, because each project has workers of its own. */
export class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((project) => {
      const own = sorted.filter((file) => file.project === project);
      return [...own.filter(isLong), ...own.filter((file) => !isLong(file))];
    });
  }
}
