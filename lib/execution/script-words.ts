/** The words that servers of various versions put around an error message of Lua. */
const wrappings: readonly RegExp[] = [
  /^ERR /,
  /^Error compiling script \(new function\): /,
  /^Error running script \(call to f_\w+\): (@user_script:\d+: )?/,
  / script: (\w+, )?on @?user_script:\d+\.?$/,
  /^@?user_script:\d+: /,
];

/** The description of a script's error that follows its name: `, line 3: attempt to index a nil value`. */
export function scriptWords(message: string): string {
  const line = /user_script:(\d+)/.exec(message)?.[1];
  const words = wrappings.reduce((text, wrapping) => text.replace(wrapping, ''), message);
  return line === undefined ? `: ${words}` : `, line ${line}: ${words}`;
}
