// The recipes and studies of recipes/, so that the executable and programs that use the library have them wherever they
// are copied to. A new file wants two entries here; a test compares the list with the folder.
#include "recipes.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char recipe_dino_224[] = {
#embed "../../recipes/dino-224.yaml"
    , 0};
static const char recipe_dino_28[] = {
#embed "../../recipes/dino-28.yaml"
    , 0};
static const char recipe_droppos_224[] = {
#embed "../../recipes/droppos-224.yaml"
    , 0};
static const char recipe_droppos_28[] = {
#embed "../../recipes/droppos-28.yaml"
    , 0};
static const char recipe_fashion_mnist[] = {
#embed "../../recipes/fashion-mnist.yaml"
    , 0};
static const char recipe_finetune_224[] = {
#embed "../../recipes/finetune-224.yaml"
    , 0};
static const char recipe_finetune_28[] = {
#embed "../../recipes/finetune-28.yaml"
    , 0};
static const char recipe_mae_224[] = {
#embed "../../recipes/mae-224.yaml"
    , 0};
static const char recipe_mocov3_224[] = {
#embed "../../recipes/mocov3-224.yaml"
    , 0};
static const char recipe_mocov3_28[] = {
#embed "../../recipes/mocov3-28.yaml"
    , 0};
static const char recipe_mp3_224[] = {
#embed "../../recipes/mp3-224.yaml"
    , 0};
static const char recipe_mp3_28[] = {
#embed "../../recipes/mp3-28.yaml"
    , 0};
static const char recipe_quickstart[] = {
#embed "../../recipes/quickstart.yaml"
    , 0};
static const char recipe_simclr_224[] = {
#embed "../../recipes/simclr-224.yaml"
    , 0};
static const char recipe_simclr_28[] = {
#embed "../../recipes/simclr-28.yaml"
    , 0};
static const char recipe_simmim_224[] = {
#embed "../../recipes/simmim-224.yaml"
    , 0};
static const char recipe_simmim_28[] = {
#embed "../../recipes/simmim-28.yaml"
    , 0};
static const char study_depth[] = {
#embed "../../recipes/studies/depth.yaml"
    , 0};
static const char study_norms[] = {
#embed "../../recipes/studies/norms.yaml"
    , 0};
static const char study_objectives[] = {
#embed "../../recipes/studies/objectives.yaml"
    , 0};
static const char study_objectives_colour[] = {
#embed "../../recipes/studies/objectives-colour.yaml"
    , 0};
static const char study_objectives_long[] = {
#embed "../../recipes/studies/objectives-long.yaml"
    , 0};
static const char study_patch_norm[] = {
#embed "../../recipes/studies/patch-norm.yaml"
    , 0};

static const embedded_recipe recipes[] = {
    {"dino-224", recipe_dino_224},
    {"dino-28", recipe_dino_28},
    {"droppos-224", recipe_droppos_224},
    {"droppos-28", recipe_droppos_28},
    {"fashion-mnist", recipe_fashion_mnist},
    {"finetune-224", recipe_finetune_224},
    {"finetune-28", recipe_finetune_28},
    {"mae-224", recipe_mae_224},
    {"mocov3-224", recipe_mocov3_224},
    {"mocov3-28", recipe_mocov3_28},
    {"mp3-224", recipe_mp3_224},
    {"mp3-28", recipe_mp3_28},
    {"quickstart", recipe_quickstart},
    {"simclr-224", recipe_simclr_224},
    {"simclr-28", recipe_simclr_28},
    {"simmim-224", recipe_simmim_224},
    {"simmim-28", recipe_simmim_28},
    {0, 0}};

static const embedded_recipe studies[] = {
    {"depth", study_depth},
    {"norms", study_norms},
    {"objectives", study_objectives},
    {"objectives-colour", study_objectives_colour},
    {"objectives-long", study_objectives_long},
    {"patch-norm", study_patch_norm},
    {0, 0}};

static const char key_meanings[] = {
#embed "keys.tsv"
    , 0};

const embedded_recipe *embedded_recipes(void) { return recipes; }
const embedded_recipe *embedded_studies(void) { return studies; }
const char *embedded_key_meanings(void) { return key_meanings; }
