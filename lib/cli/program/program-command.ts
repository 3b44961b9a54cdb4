/** What `npx nest-cachex <name>` does. */
export interface ProgramCommand {
  readonly help: string;
  /** Takes the arguments after the name. The program prints what it throws, and exits with code 1. */
  run(args: readonly string[]): Promise<void>;
}
