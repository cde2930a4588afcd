import { stages } from './cases/stages';
import { windowStages } from './cases/window-stages';
import { describeFiles } from './runner/describe-file';

describeFiles([...stages, ...windowStages]);
