/** Ends the run with the plain line `N passed, N failed`, and says of every skipped test that it was skipped. */
class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const skipped = results.testResults.flatMap((file) =>
      file.testResults.filter((test) => test.status === 'pending' || test.status === 'todo'),
    );
    for (const test of skipped) console.log(`skipped: ${test.fullName}`);
    // A file that does not even load counts as one failure, so a broken suite can never read as green.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const closing = [`${results.numPassedTests} passed`, `${failed} failed`];
    if (skipped.length > 0) closing.push(`${skipped.length} skipped`);
    console.log(closing.join(', '));
  }
}

module.exports = ClosingLineReporter;
