import { dateExpressions } from './cases/expressions-dates';
import { structureExpressions } from './cases/expressions-structures';
import { valueExpressions } from './cases/expressions-values';
import { describeFiles } from './runner/describe-file';

describeFiles([...valueExpressions, ...structureExpressions, ...dateExpressions]);
