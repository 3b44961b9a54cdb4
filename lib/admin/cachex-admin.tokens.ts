/** Injects the options after validation. */
export const resolvedAdminOptionsToken = Symbol('ResolvedCachexAdminOptions');
