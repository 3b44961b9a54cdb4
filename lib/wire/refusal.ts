const refusal = /^NOPERM\b|\bunknown (sub)?command\b|\bnot (allowed|supported|available)\b/i;

/** Whether a server lacks the command, or denies it to this user: asking again would give the same answer. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && refusal.test(error.message);
}
