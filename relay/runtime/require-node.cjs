// Runs before anything else, on whatever Node there is, and so uses no syntax an old one lacks.
var wanted = [22, 18];
var found = process.versions.node.split('.').map(Number);
if (found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1])) {
  process.stderr.write(
    'Highwater needs Node ' +
      wanted.join('.') +
      ' or newer (24 LTS is best) and found ' +
      process.version +
      '.\n' +
      'On Linux x64 and arm64, `npm ci` brings the right one by itself: run it again without --omit=optional.\n' +
      'Elsewhere install Node 24 LTS (for example `brew install node@24`, `winget install OpenJS.NodeJS.LTS`).\n',
  );
  process.exit(2);
}
