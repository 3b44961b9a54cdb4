const refusal = /^NOPERM\b|\bunknown (sub)?command\b|\bnot (allowed|supported|available)\b/i;

/** Whether a server has not the command, or does not let this user have it: asked for again, it says so again. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && refusal.test(error.message);
}
