export { compileDocumentStages } from './document-stages';
export { compilePipeline, type Pipeline, type PipelineOptions } from './pipeline';
export { SUPPORTED_STAGES } from './registry';
export type { DocumentStream, Namespace, PipelineSource, PipelineWriter } from './types';
