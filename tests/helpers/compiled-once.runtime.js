'use strict';
const vm = require('node:vm');

/**
 * Jest's runtime, with one difference: a worker compiles each module once, where Jest compiles it
 * anew for every test file. A `vm.Script` belongs to no context, so each test file still runs the
 * module in a realm of its own and shares nothing but the byte code.
 */
const compileFunction = vm.compileFunction;
/** Of a module's file, its latest source and script. */
const compiled = new Map();

vm.compileFunction = (source, parameters, options) => {
  const { filename, parsingContext } = options;
  // A dynamic import asks the runtime that compiled it, which is gone with its test file.
  if (
    parsingContext === undefined ||
    filename.endsWith('.test.ts') ||
    /\bimport\b\s*\(/.test(source)
  ) {
    return compileFunction(source, parameters, options);
  }
  let entry = compiled.get(filename);
  if (entry?.source !== source) {
    const opening = `(function (${parameters.join(', ')}) {`;
    const script = new vm.Script(`${opening}${source}\n})`, {
      filename,
      columnOffset: -opening.length,
    });
    entry = { source, script };
    compiled.set(filename, entry);
  }
  return entry.script.runInContext(parsingContext);
};

module.exports = require('jest-runtime');
