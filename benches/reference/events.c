/* The bare events of a YAML text: what reading it costs at least. */
#include <stdio.h>
#include <yaml.h>

int main(int count, char **words) {
    yaml_parser_t parser;
    yaml_event_t event;
    long events = 0;
    int is_over = 0;
    FILE *file = count == 2 ? fopen(words[1], "rb") : NULL;
    if (!file || !yaml_parser_initialize(&parser)) return 1;
    yaml_parser_set_input_file(&parser, file);
    for (; !is_over; events++, yaml_event_delete(&event)) {
        if (!yaml_parser_parse(&parser, &event)) return 1;
        is_over = event.type == YAML_STREAM_END_EVENT;
    }
    printf("%ld\n", events);
    return 0;
}
