/**
 * The anchor of a heading, as GitHub makes it: links work there and on the site. The address in an error's message is in
 * upper case like its code; GitHub does not mind the case.
 */
export const slug = (heading: string): string => (/^CACHEX_\w+$/.test(heading) ? heading : lowered(heading));

const lowered = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
