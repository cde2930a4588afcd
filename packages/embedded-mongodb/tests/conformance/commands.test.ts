import { collations } from './cases/collation';
import { commands } from './cases/commands';
import { databaseAggregates } from './cases/database-aggregate';
import { describeFiles } from './runner/describe-file';

describeFiles([...commands, ...collations, ...databaseAggregates]);
