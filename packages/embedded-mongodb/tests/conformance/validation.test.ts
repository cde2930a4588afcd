import { schemaQueries, validators } from './cases/validation';
import { describeFiles } from './runner/describe-file';

describeFiles([...schemaQueries, ...validators]);
