// What runs the steps of a browser test, one after the other: all of them, also after one that fails.

let passed = 0;
const failures = [];

/** Runs a step and says how it went. */
export async function test(name, run) {
  try {
    await run();
    passed += 1;
    console.log(`ok    ${name}`);
  } catch (error) {
    failures.push(name);
    console.error(`FAIL  ${name}\n      ${error.message.replaceAll("\n", "\n      ")}`);
  }
}

/** Says how all went, and ends. */
export function end() {
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exit(failures.length === 0 ? 0 : 1);
}
