import { collations } from './cases/collation';
import { databaseAggregates } from './cases/database-aggregate';
import { describeFiles } from './runner/describe-file';

describeFiles([...collations, ...databaseAggregates]);
