/** Cells that are red for a reason outside the library, by column and row. The table shows the reason. */
export const known = new Map([
  [
    "Nest 12, Yarn Plug'n'Play, Node.js 20",
    "On Node.js 20, Plug'n'Play does not find what an ES module imports that was required: `nest build` fails by itself.",
  ],
]);
