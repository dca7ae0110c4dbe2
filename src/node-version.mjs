// Runs before anything that an older Node could not even read, so that it is told in one line what it lacks.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  process.stderr.write(`gridcall needs Node 22.22 or newer, this is ${process.versions.node}\n`);
  process.exit(1);
}
