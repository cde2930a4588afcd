import { comparisonQueries } from './cases/query-comparison';
import { evaluationAndArrayQueries } from './cases/query-evaluation-array';
import { logicalAndElementQueries } from './cases/query-logical-element';
import { describeFiles } from './runner/describe-file';

describeFiles([...comparisonQueries, ...logicalAndElementQueries, ...evaluationAndArrayQueries]);
