/** What `npx nest-cachex <name>` does. */
export interface ProgramCommand {
  readonly help: string;
  /** Takes the arguments behind the name. What it throws is printed, and ends the process with exit code 1. */
  run(args: readonly string[]): Promise<void>;
}
