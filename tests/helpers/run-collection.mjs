// A process of its own: newman keeps connections open and its sandbox is not made for jest's.
import newman from 'newman';

const [, , collection, environment, values, workingDir] = process.argv;
const envVar = Object.entries(JSON.parse(values)).map(([key, value]) => ({ key, value }));
newman.run({ collection, environment, workingDir, envVar }, (error, summary) => {
  if (error) throw error;
  const { stats, failures } = summary.run;
  const faults = failures.map(({ source, error: fault }) => [source?.name, fault.message]);
  process.stdout.write(JSON.stringify({ stats, faults }), () => process.exit());
});
