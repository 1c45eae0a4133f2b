#ifndef RECIPES_H
#define RECIPES_H

/// A YAML file of recipes/, ended by a zero byte.
typedef struct {
  const char *name;
  const char *text;
} embedded_recipe;

/// The recipes by name; the last has no name.
const embedded_recipe *embedded_recipes(void);
/// The studies by name; the last has no name.
const embedded_recipe *embedded_studies(void);
/// Lines `type, key, meaning`, separated by tabs: doc comments of the declarations, gathered by Scripts/keys.
const char *embedded_key_meanings(void);

#endif
