/**
 * A bound on a text, for a path of a schema. In Unicode code points, as JSON Schema's `maxLength` and
 * so the validators count; Mongoose's own `maxlength` counts UTF-16 units and would refuse emoji that
 * the documented limit allows.
 */
export function atMost(maxLength: number) {
  return {
    validate: {
      // A code point is one or two units: most texts need no counting.
      validator: (text: string) => text.length <= maxLength || [...text].length <= maxLength,
      message: `{PATH} must be at most ${maxLength} characters long`,
    },
  };
}
