export { ConfigError, loadConfig } from './config';
export { KNOWN_VARIABLES } from './environment.schema';
export type {
  CloudinaryConfig,
  Config,
  FfmpegConfig,
  MailConfig,
  NodeEnvironment,
  TokenConfig,
} from './config';
export { SECRET_FILES } from './token-secrets';
