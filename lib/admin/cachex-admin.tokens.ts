/** The options after they were checked. */
export const resolvedAdminOptionsToken = Symbol('ResolvedCachexAdminOptions');
